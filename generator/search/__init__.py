"""Search from a caller's words: what a text is made of, what a query means, who answers best.

text    analysis (traditional, latin, pinyin) → tokens         levels: the small numbers stored
record  indexing → entries → cache → outputs/index (shards), outputs/terminal (postings)
query   glossary, ranking over a store → results (snippets)     templates/theme/assets/search.js
proof   probes → selftest                                       gaps: what was not found
"""
