/**
 * Why a captured text is not read, from the parser's message. What ends too early was cut by whoever
 * kept it, such as a tool that copies pg_stat_activity, whose texts end after
 * `track_activity_query_size` bytes.
 */
export function unreadReason(error: string): string {
  return /at end of input|^unterminated/.test(error)
    ? `the text was cut off: ${shortQuote(error)}`
    : error;
}

/** The parser quotes all that follows an open quote. */
function shortQuote(error: string): string {
  return error.length <= 120 ? error : `${error.slice(0, 119)}…`;
}
