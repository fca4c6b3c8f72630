"""What a handbook is made of: its parts, their order, and how a text may be written into it.

ways in    registers (collation), exercises, volumes: an edition → entries, questions, cuts
in print   chapters, leaves → typesetting: a manuscript for Typst      fonts: what can be printed
on phones  xhtml: pages that every e-reader accepts

`outputs/handbook` and `outputs/epub` put books together, `printing` makes files of them.
"""
