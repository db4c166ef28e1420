"""Card formats, which of them readers use, and how their keypads take PINs."""
