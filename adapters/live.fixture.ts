/**
 * Why the live tests of a server are skipped here, or false where they run. DRIFTMARK_LIVE names the servers (`postgres,milvus`)
 * whose live tests may not be skipped: what is missing then fails them.
 */
export const skipLive = (server: string, missing: string | null): string | false =>
  missing === null || liveServers().includes(server) ? false : missing

/** The servers that DRIFTMARK_LIVE names. */
export const liveServers = (): readonly string[] =>
  (process.env.DRIFTMARK_LIVE ?? '').split(',').filter((name) => name !== '')
