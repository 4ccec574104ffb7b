"""Search without a server: an index of small immutable files, and the same answers here and in the browser.

`fields` lists what can be searched, `tokenizer` makes terms of text, `documents` reads the text of a patch;
`publish` brings the index up to date (by `runs`, `segment_writer` and `parallel`), `index_reader` reads it,
`encoding` has its bytes. `grammar` and `query_parser` turn a query into `query_nodes`, `evaluator`
answers it, `relevance` orders the results.
"""
