"""The domain: who may pass which door and when. Imports none of its siblings."""
