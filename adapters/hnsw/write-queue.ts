import { LIMITS } from './json.ts'
import { refused } from './refused.ts'

/**
 * Writes that came and are not answered yet. Their bodies are what the server holds for them, so they are bounded: what does not fit
 * is refused before its body is read, and the client comes again.
 */
export interface WriteQueue {
  /** Takes in a write of so many bytes, or refuses it (429). Returns what ends its stay. */
  enter(bytes: number): () => void
  readonly requests: number
  readonly bytes: number
}

export interface QueueLimits {
  readonly requests: number
  readonly bytes: number
}

export const createWriteQueue = (
  limits: QueueLimits = { requests: LIMITS.queuedWrites, bytes: LIMITS.queuedBytes },
): WriteQueue => {
  let requests = 0
  let bytes = 0
  return {
    enter: (length) => {
      if (requests >= limits.requests || bytes + length > limits.bytes) {
        throw refused(429, 'busy', `${requests} writes of ${bytes} bytes wait; ask again later`)
      }
      requests++
      bytes += length
      return () => {
        requests--
        bytes -= length
      }
    },
    get requests() {
      return requests
    },
    get bytes() {
      return bytes
    },
  }
}
