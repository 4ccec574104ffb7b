"""Search without a server: an index of small immutable files, and the same answers here and in the browser.

`words` and `schema` say what a term is, `documents` what of a patch is indexed, `grammar` and
`query` what can be asked, `format` the bytes, `index` writes, `reader` reads, `evaluate` answers.
"""
