import { openSearchers, type Searchers } from './searchers.ts'
import { openWriter, type Writer } from './writer.ts'

/** Threads that search, at most: an index has 64 places for readers, and those who die leave theirs a moment later. */
export const MOST_THREADS = 32

/** The threads beside the one that speaks HTTP, writes the journal, and searches unless others do. */
export interface Threads {
  readonly writer: Writer
  readonly searchers: Searchers | null
  /** Ends them; nobody waits for an answer any more. */
  close(): Promise<void>
}

/** Starts the thread that writes, and so many that search. */
export const openThreads = (count = 0): Threads => {
  const writer = openWriter()
  const searchers = count > 0 ? openSearchers(count, writer) : null
  return {
    writer,
    searchers,
    close: async () => {
      await Promise.all([writer.close(), searchers?.close()])
    },
  }
}
