import type { Held } from './held.ts'
import { refused } from './refused.ts'
import type { Threads } from './threads/index.ts'
import type { IndexStats } from './threads/indexes.ts'

/** The stats of a collection, as the writer has them when its turn comes. */
export const statsOf = async (held: Held, threads: Threads): Promise<IndexStats> => {
  const { collections } = await threads.writer.ask('stats')
  const stats = collections.get(held.number)
  if (!stats) throw refused(404, 'no-such-collection', `"${held.name}" has just been dropped`)
  return await withScans(stats, held, threads)
}

/** The writer knows its own scans: those of other threads are added. */
export const withScans = async (
  stats: IndexStats,
  { view }: Held,
  { searchers }: Threads,
): Promise<IndexStats> => {
  const others = (await searchers?.scans(view.edition)) ?? 0
  return { ...stats, scans: stats.scans + view.reader.scans + others }
}
