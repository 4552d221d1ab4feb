import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { SharedMemory } from './memory.ts'

/** A segment as other threads are told of it, or null: it has been given up. */
export interface News {
  readonly number: number
  readonly segment: SharedSegment | null
}

export interface SharedSegment {
  readonly memory: SharedMemory
  /** For each place of a reader, where in the memory it works, or 0: the next reader who takes the place takes this too. */
  readonly contexts: SharedArrayBuffer
}

// Words of the board: news told so far; for each place of a reader, 1 while it is taken.
const TOLD = 0
const PLACES = 1
/** So many may read at a time. */
export const READERS = 64

/** What a writer puts up for those who read beside it. */
export interface Board {
  readonly words: SharedArrayBuffer
  /** False as long as nobody else can be reading. */
  readonly isShared: boolean
  /** Every reader learns of it before its next look at a segment: what is done after this call, none of them can be too early for. */
  tell(news: News): void
  /** How much was told until now, and where the rest will be heard: to be transferred to one reader. */
  listen(): { readonly told: number; readonly news: MessagePort }
  /** The place is free again. */
  forsake(place: number): void
}

export const createBoard = (): Board => {
  const words = new Int32Array(new SharedArrayBuffer(4 * (PLACES + READERS)))
  const ports = new Set<MessagePort>()
  let isShared = false
  return {
    words: words.buffer,
    get isShared() {
      return isShared
    },
    tell: (news) => {
      // It waits at every port before the count says that it does.
      for (const port of ports) port.postMessage(news)
      Atomics.add(words, TOLD, 1)
    },
    listen: () => {
      isShared = true
      const { port1, port2 } = new MessageChannel()
      ports.add(port1)
      port1.on('close', () => ports.delete(port1))
      port1.unref()
      return { told: Atomics.load(words, TOLD), news: port2 }
    },
    forsake: (place) => leave(words, place),
  }
}

const leave = (words: Int32Array, place: number): void => {
  Atomics.store(words, PLACES + place, 0)
}

/** How a reader hears: without a turn of its event loop, in the midst of a search. */
export interface Listener {
  /** The number of its place, or −1 where all are taken. */
  readonly place: number
  /** What was told since it was last asked; almost always nothing, and then it costs one look at the board. */
  heard(): readonly News[]
  close(): void
}

const NOTHING: readonly News[] = []

export const createListener = (
  buffer: SharedArrayBuffer,
  told: number,
  port: MessagePort,
): Listener => {
  const words = new Int32Array(buffer)
  const place = takePlace(words)
  let known = told
  return {
    place,
    heard: () => {
      if (Atomics.load(words, TOLD) === known) return NOTHING
      const news: News[] = []
      while (Atomics.load(words, TOLD) !== known) {
        const next = receiveMessageOnPort(port)
        if (!next) throw new Error('hnsw: one share is for one reader, and this one was used twice')
        news.push(next.message as News)
        known = (known + 1) | 0
      }
      return news
    },
    close: () => {
      leave(words, place)
      port.close()
    },
  }
}

const takePlace = (words: Int32Array): number => {
  for (let place = 0; place < READERS; place++) {
    if (Atomics.compareExchange(words, PLACES + place, 0, 1) === 0) return place
  }
  return -1
}
