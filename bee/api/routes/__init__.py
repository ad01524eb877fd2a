"""The routes of the API by what they are about; each decodes, makes one call and encodes."""
