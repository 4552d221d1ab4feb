import type { Handle } from './front.ts'
import { refused } from './refused.ts'
import { pathOf, servedAs } from './request.ts'
import { RETRY_AFTER, send, sendError } from './response.ts'
import { type Advance, type StartStep, takeTurns } from './store/turns.ts'

export interface Start {
  /** Throws where the signal has called the start off. */
  readonly advance: Advance
  /** Answers while there is nothing to be asked: it lives, and it is not ready. */
  readonly handle: Handle
}

export const createStart = (signal: AbortSignal): Start => {
  let progress: { step: StartStep; done: number; of: number } = { step: 'reading', done: 0, of: 0 }
  const turn = takeTurns()
  return {
    advance: (step, done, of) => {
      progress = { step, done, of }
      signal.throwIfAborted()
      return turn()
    },
    handle: (request, response) => {
      const route = `${servedAs(request.method ?? 'GET')} ${pathOf(request)}`
      if (route === 'GET /healthz') return send(response, 200, { alive: true })
      const { step, done, of } = progress
      const starting = refused(503, 'starting', `the server is starting: ${step}, ${done} of ${of}`)
      if (route !== 'GET /readyz') return void sendError(response, starting)
      response.setHeader('retry-after', RETRY_AFTER)
      send(response, 503, { ready: false, status: 'starting', ...progress })
    },
  }
}
