import { loadAdapter } from '../../../adapters/index.ts'
import { clockFrom, monotonic } from '../../drive/clock.ts'
import type { Engine, EngineError } from '../../model/index.ts'
import type { Asked, OpenAsked, Told } from './protocol.ts'

/** Another process with the same adapter: opens one collection and does what it is asked; ends with its channel. */
let opening: Promise<Engine> | undefined

const open = async ({ adapter: name, options, at }: OpenAsked): Promise<Engine> => {
  const { adapter } = await loadAdapter(name)
  return adapter.open(options, at, clockFrom(monotonic()))
}

const PATIENCE = 10_000

const answerTo = async ({ part, given }: Asked) => {
  const engine = await opening!
  const signal = AbortSignal.timeout(PATIENCE)
  if (part === 'close') return engine.close()
  if (part === 'search') {
    return engine.search(given[0] as Float32Array, given[1] as number, signal)
  }
  if (part === 'delete') return engine.delete(given[0] as number[], signal)
  return engine.upsert(given[0] as Parameters<Engine['upsert']>[0], signal)
}

process.on('message', (message: OpenAsked | Asked) => {
  if ('adapter' in message) {
    opening = open(message)
    // Whoever asks for an answer is told; that the process ends by itself would hide the reason.
    opening.catch(() => undefined)
    return
  }
  const { number } = message
  answerTo(message).then(
    (answer) => process.send!({ number, answer } as Told),
    ({ message, outcome }: EngineError) => process.send!({ number, message, outcome } as Told),
  )
})
process.on('disconnect', () => process.exit())
