/** What a reader can mend in a query; its message is a sentence for them. */
export class QueryError extends Error {}
