import type { MessagePort } from 'node:worker_threads'
import { createAsking } from './asking.ts'
import { createListener, type News, type SharedSegment } from './board.ts'
import type { Kind, Parameters } from './hnsw.ts'
import { kernelOn } from './memory.ts'
import { createSearching, type Part, type Searching } from './searching.ts'

/** What one reader in another thread needs: post it there with `news` in the list of what is transferred. */
export interface SharedIndex {
  readonly parameters: Parameters
  readonly kind: Kind
  /** Where it says how many news there are, and which places of readers are taken. */
  readonly board: SharedArrayBuffer
  /** The segments that there are, oldest first, after so many news as were `told`. */
  readonly segments: readonly News[]
  readonly told: number
  /** Where later segments are heard of. */
  readonly news: MessagePort
}

/**
 * Searches in an index that another thread writes, without locks: what is acknowledged is found, and no row is given half. k is held against the
 * rows that live when a search begins.
 */
export interface HnswReader extends Searching {
  /** The number of its place, for `Hnsw.forsake` where its thread has died. */
  readonly place: number
  /** Nothing may be asked after it. */
  close(): void
}

/** Takes one of the 64 places for readers; RangeError where all are taken, or memory has ended. Each share is for one reader. */
export const attachHnsw = (shared: SharedIndex): HnswReader => {
  const { heard, place, close } = createListener(shared.board, shared.told, shared.news)
  if (place === -1) {
    shared.news.close()
    throw new RangeError('hnsw: this index has as many readers as it can have')
  }
  let parts: AttachedPart[] = []
  let scansBefore = 0
  // A segment stays here until there was memory to attach to it.
  let waiting: readonly News[] = shared.segments
  const catchUp = (): void => {
    const news = heard()
    if (news.length > 0) waiting = [...waiting, ...news]
    for (let next = waiting[0]; next; next = waiting[0]) {
      const { number, segment } = next
      if (segment) parts.push(attachPart(number, segment, place, shared))
      else {
        scansBefore += parts.find((part) => part.number === number)?.scans ?? 0
        parts = parts.filter((part) => part.number !== number)
      }
      waiting = waiting.slice(1)
    }
  }
  const leave = (): void => {
    for (const part of parts) part.leave()
    close()
  }
  try {
    catchUp()
  } catch (error) {
    leave()
    throw error
  }
  const searching = createSearching((number) => {
    catchUp()
    return parts.find((part) => part.number > number)
  })
  return {
    ...searching,
    get live() {
      catchUp()
      return parts.reduce((sum, { live }) => sum + live, 0)
    },
    get scans() {
      return parts.reduce((sum, { scans }) => sum + scans, scansBefore)
    },
    place,
    close: leave,
  }
}

interface AttachedPart extends Part {
  leave(): void
}

const attachPart = (
  number: number,
  { memory, contexts }: SharedSegment,
  place: number,
  { parameters, kind }: SharedIndex,
): AttachedPart => {
  const kernel = kernelOn(memory)
  const taken = (result: number): number => {
    if (result === -1) throw new RangeError('hnsw: the memory of this index has ended')
    return result
  }
  const known = new Int32Array(contexts)
  const context = Atomics.load(known, place) || kernel.createContext(place)
  if (context === 0) taken(-1)
  Atomics.store(known, place, context)
  const asking = createAsking(kernel, memory, context, parameters.dimensions, kind, taken)
  return {
    number,
    search: asking.search,
    exact: asking.exact,
    get: asking.get,
    get live() {
      return kernel.liveRows()
    },
    get scans() {
      return asking.scans
    },
    leave: () => kernel.leaveReaders(place),
  }
}
