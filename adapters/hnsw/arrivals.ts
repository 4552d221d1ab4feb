import type { IncomingMessage } from 'node:http'
import { type Refused, refused } from './refused.ts'
import { tooLarge } from './request.ts'

/** Bodies that arrive. */
export interface Arrivals {
  /** The whole body. Rejects where it grows beyond the limit, brings nothing for too long, or the client goes. */
  bodyOf(request: IncomingMessage, length: number, limit: number): Promise<Uint8Array> | Uint8Array
  /** Refuses all that has not arrived whole, and whatever begins to arrive from now on. */
  end(refusal: Refused): void
}

const EMPTY = new Uint8Array(0)

/** A body that brings nothing for `silence` milliseconds is refused (408): what it reserves would be missed by others. */
export const createArrivals = (silence: number): Arrivals => {
  const arriving = new Set<(error: Error) => void>()
  let ended: Refused | null = null
  const arrive = (request: IncomingMessage, limit: number) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const take = (chunk: Buffer): void => {
        bytes += chunk.length
        if (bytes > limit) return void fail(tooLarge('more bytes', limit))
        chunks.push(chunk)
        timer.refresh()
      }
      const leave = (): void => {
        clearTimeout(timer)
        arriving.delete(fail)
        request.off('data', take)
      }
      const fail = (error: Error): void => {
        leave()
        reject(error)
      }
      const timer = setTimeout(() => fail(silent(silence)), silence)
      arriving.add(fail)
      request.on('data', take)
      request.on('end', () => {
        leave()
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
      })
      request.on('error', fail)
    })
  return {
    bodyOf: (request, length, limit) => {
      if (length === 0) return EMPTY
      if (ended) throw ended
      return arrive(request, limit)
    },
    end: (refusal) => {
      ended = refusal
      for (const fail of arriving) fail(refusal)
    },
  }
}

const silent = (silence: number) =>
  refused(408, 'timeout', `the body brought nothing for ${silence / 1000} s`)
