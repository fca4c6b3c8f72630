"""What is done to a PDF after it was set; nobody here knows what a handbook says.

as Typst sets it   syllables (Thai says its letters once), glyphs (numbers that stay; truetype)
as it is given     booklet (for the printer), steady (for small updates), places (names → pages)
"""
