import { type Hit, type Micros, NO_VERSION } from '../../model/index.ts'
import type { EventBatch } from '../folder/history.ts'
import { createEvents } from './events.ts'

/** The events of several senders as one history, by time. */
export interface Merge {
  /** Takes a sender's next batch; gives what is now known to be whole, or null while the slowest sender has said nothing new. */
  add(sender: number, batch: EventBatch): EventBatch | null
  /** A sender has told everything: it is waited for no more. */
  ended(sender: number): EventBatch | null
}

/** A batch that is not wholly merged yet. */
interface Queue {
  readonly batches: EventBatch[]
  /** The next event of the first batch. */
  next: number
  /** When it was recorded: its `done`, or that of the last event before it that has one. */
  at: Micros
  until: Micros
}

/**
 * Merges by watermark: an event is passed on once every sender has told all that was done before it. What is held is what
 * the fastest sender told since the slowest last did, a flush or two.
 */
export const createMerge = (senders: number): Merge => {
  const queues = Array.from(
    { length: senders },
    (): Queue => ({ batches: [], next: 0, at: Number.NEGATIVE_INFINITY, until: 0 }),
  )
  const first = (): Queue | null =>
    queues.reduce<Queue | null>(
      (best, queue) =>
        queue.batches.length > 0 && (best === null || queue.at < best.at) ? queue : best,
      null,
    )
  const takeBefore = (limit: Micros): EventBatch => {
    const events = createEvents()
    for (let queue = first(); queue !== null && queue.at < limit; queue = first()) {
      copy(queue.batches[0]!, queue.next, events)
      advance(queue, queue.next + 1)
    }
    return events.take(limit)
  }
  /** What has become whole since the watermark stood at `known`. */
  const takeSince = (known: Micros): EventBatch | null => {
    const now = watermark(queues)
    return now > known ? takeBefore(now) : null
  }
  return {
    add: (sender, batch) => {
      const known = watermark(queues)
      const queue = queues[sender]!
      queue.until = batch.until
      queue.batches.push(batch)
      if (queue.batches.length === 1) advance(queue, 0)
      return takeSince(known)
    },
    ended: (sender) => {
      const known = watermark(queues)
      const last = Math.max(...queues.map(({ until }) => until).filter(Number.isFinite))
      queues[sender]!.until = Number.POSITIVE_INFINITY
      const whole = takeSince(known)
      return whole && { ...whole, until: Math.min(whole.until, last) }
    },
  }
}

const watermark = (queues: readonly Queue[]): Micros =>
  queues.reduce((least, { until }) => Math.min(least, until), Number.POSITIVE_INFINITY)

/** Makes event `next` of the first batch, or the first of the batch behind it, the queue's next. */
const advance = (queue: Queue, next: number): void => {
  queue.next = next
  while (queue.batches.length > 0 && queue.next === queue.batches[0]!.count) {
    queue.batches.shift()
    queue.next = 0
  }
  const done = queue.batches[0]?.done[queue.next] ?? Number.NaN
  if (!Number.isNaN(done)) queue.at = done
}

const copy = (batch: EventBatch, i: number, events: ReturnType<typeof createEvents>): void =>
  events.record({
    op: batch.op[i]!,
    sent: batch.sent[i]!,
    done: batch.done[i]!,
    outcome: batch.outcome[i]!,
    via: batch.via[i]!,
    space: batch.space[i]!,
    model: batch.model[i]!,
    hits: hitsOf(batch, i),
    refused: Array.from(batch.refusedIds.subarray(batch.refused[i], batch.refused[i + 1])),
    ...(batch.error[i] === -1 ? {} : { error: batch.errors[batch.error[i]!]! }),
  })

const hitsOf = ({ hits, hitIds, hitVersions }: EventBatch, i: number): readonly Hit[] => {
  const found: Hit[] = []
  for (let at = hits[i]!; at < hits[i + 1]!; at++) {
    const version = hitVersions[at]!
    found.push(version === NO_VERSION ? { id: hitIds[at]! } : { id: hitIds[at]!, version })
  }
  return found
}
