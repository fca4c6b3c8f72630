"""The only places that start an engine: pages become HTML in `mkdocs`, manuscripts PDF in `typst`.

In go folders of pages or documents, out come what was made and findings where an engine failed.
Neither knows the other, so whoever makes only handbooks never loads MkDocs.
"""
