"""Cards, PINs, QR codes, phones and licence plates: what opens a door."""
