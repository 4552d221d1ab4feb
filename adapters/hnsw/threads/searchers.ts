import type { Hits } from '../engine/index.ts'
import { refused } from '../refused.ts'
import type { Question, Searching } from './searching.ts'
import { openThread, type Thread } from './thread.ts'
import type { Writer } from './writer.ts'

/** Threads that search, in the place of the one that got the request. */
export interface Searchers {
  readonly count: number
  find(edition: number, question: Question): Promise<Hits>
  /** Searches in this edition that measured every row, by the threads that there are. */
  scans(edition: number): Promise<number>
  /** Nobody will ask about this edition any more. */
  forget(edition: number): void
  /** Questions not answered yet. */
  readonly waiting: number
  /** Seconds that each has worked. */
  busy(): number[]
  close(): Promise<void>
}

/** One of them, with the editions that it has joined, or is joining, and its places there once they are known. */
interface Searcher {
  readonly thread: Thread<Searching>
  readonly joined: Map<number, { readonly done: Promise<void>; place: number | null }>
}

const whatEnds = (reason: string): Error =>
  refused(503, 'searcher-lost', `the thread that searched has ended (${reason}): ask again`)

/** So many threads. The one that has least to do is asked; one that has died is replaced when it would be its turn. */
export const openSearchers = (count: number, writer: Writer): Searchers => {
  const open = (): Searcher => {
    const searcher: Searcher = {
      thread: openThread<Searching>('search-thread', whatEnds),
      joined: new Map(),
    }
    void searcher.thread.lost.then(() => replace(searcher))
    return searcher
  }
  const all: (Searcher | null)[] = Array.from({ length: count }, open)
  const replace = (lost: Searcher): void => {
    all[all.indexOf(lost)] = null
    for (const [edition, { place }] of lost.joined) {
      // Where the writer has ended too, so does the server.
      if (place !== null) writer.ask('forsake', edition, place).catch(() => undefined)
    }
  }
  const least = (): Searcher => {
    let best = 0
    for (let i = 1; i < count; i++) if (waitingOf(all[i]) < waitingOf(all[best])) best = i
    all[best] ??= open()
    return all[best]!
  }
  const join = ({ thread, joined }: Searcher, edition: number): Promise<void> => {
    const known = joined.get(edition)
    if (known) return known.done
    const perform = async (): Promise<void> => {
      const shared = await writer.ask('share', edition)
      // Forgotten meanwhile, nobody would tell the thread to leave again.
      if (!shared || joined.get(edition) !== entry) throw gone()
      entry.place = await thread.ask('join', edition, shared)
    }
    const done = perform().catch((error) => {
      // The next question tries again.
      joined.delete(edition)
      throw error
    })
    const entry = { done, place: null as number | null }
    joined.set(edition, entry)
    return done
  }
  return {
    count,
    find: async (edition, question) => {
      const searcher = least()
      const own = { ...question, vector: question.vector.slice() }
      if (searcher.joined.get(edition)?.place == null) await join(searcher, edition)
      return await searcher.thread.ask('find', edition, own)
    },
    scans: async (edition) => {
      const scans = all.map((searcher) => searcher?.thread.ask('scans', edition).catch(() => 0))
      return (await Promise.all(scans)).reduce<number>((sum, n = 0) => sum + n, 0)
    },
    forget: (edition) => {
      for (const searcher of all) {
        if (!searcher?.joined.delete(edition)) continue
        searcher.thread.ask('leave', edition).catch(() => undefined)
      }
    },
    get waiting() {
      return all.reduce((sum, searcher) => sum + waitingOf(searcher), 0)
    },
    busy: () => all.map((searcher) => searcher?.thread.busy() ?? 0),
    close: async () => {
      await Promise.all(all.map((searcher) => searcher?.thread.close()))
    },
  }
}

const gone = () => refused(404, 'no-such-collection', 'it has just been dropped')

const waitingOf = (searcher: Searcher | null | undefined): number => searcher?.thread.waiting ?? 0
