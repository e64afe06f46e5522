/** What Cloudflare charges for, counted. */
export interface Counts {
  requests: number;
  d1Queries: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  objectRequests: number;
  r2Writes: number;
  r2Reads: number;
}
