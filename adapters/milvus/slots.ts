import { refusal } from '../../harness/model/index.ts'

/** A number of slots; who finds none free waits in order. */
export interface Slots {
  /** Gives back a slot's release. What is aborted or closed while it waits was surely never sent: it rejects as `fail`. */
  take(signal?: AbortSignal): Promise<() => void>
  /** Rejects all that wait, and whoever comes later. */
  close(): void
  /** Slots that are taken. */
  readonly taken: number
}

export const createSlots = (size: number): Slots => {
  const waiting = new Set<{ go(): void; giveUp(): void }>()
  let taken = 0
  let closed = false
  const release = () => {
    taken -= 1
    const [next] = waiting
    next?.go()
  }
  /** Frees a slot once, however often it is called. */
  const hold = (): (() => void) => {
    let held = true
    taken += 1
    return () => {
      if (held) release()
      held = false
    }
  }
  return {
    get taken() {
      return taken
    },
    take: (signal) =>
      new Promise((resolve, reject) => {
        const end = () => {
          waiting.delete(entry)
          signal?.removeEventListener('abort', entry.giveUp)
        }
        const entry = {
          go: () => {
            end()
            resolve(hold())
          },
          giveUp: () => {
            end()
            reject(refusal('milvus: aborted or closed before it was sent'))
          },
        }
        if (closed || signal?.aborted) return entry.giveUp()
        if (taken < size) return entry.go()
        waiting.add(entry)
        signal?.addEventListener('abort', entry.giveUp)
      }),
    close: () => {
      closed = true
      for (const { giveUp } of waiting) giveUp()
    },
  }
}
