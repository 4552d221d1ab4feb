import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Elsewhere, Remote } from '../../../adapters/contract.ts'
import type { Hit } from '../../model/index.ts'
import type { Asked, OpenAsked, RemotePart, Told } from './protocol.ts'

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './process.ts' : './process.js',
  import.meta.url,
)

/**
 * Opens collections in processes of their own, one each, by the name or path of an adapter and its parsed options (which
 * must be plain data). What the other process rejects is rejected here, its outcome with it.
 */
export const inAnotherProcess =
  (adapter: string, options: unknown): Elsewhere =>
  async (at) => {
    const child = fork(entry, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit')
    const waiting = new Map<number, { resolve(answer: unknown): void; reject(why: Error): void }>()
    child.on('message', (told: Told) => {
      const { resolve, reject } = waiting.get(told.number)!
      waiting.delete(told.number)
      if ('answer' in told) resolve(told.answer)
      else reject(Object.assign(new Error(told.message), { outcome: told.outcome }))
    })
    child.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error('the second process ended'))
      waiting.clear()
    })
    child.send({ adapter, options, at } satisfies OpenAsked)
    let number = 0
    const ask = (part: RemotePart, ...given: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        number += 1
        waiting.set(number, { resolve, reject })
        child.send({ number, part, given } satisfies Asked)
      })
    const remote: Remote = {
      upsert: (rows) => ask('upsert', rows) as Promise<void>,
      delete: (ids) => ask('delete', ids) as Promise<void>,
      search: (vector, k) => ask('search', vector, k) as Promise<readonly Hit[]>,
      close: async () => {
        if (!child.connected) return
        await ask('close').finally(() => child.disconnect())
        await ended
      },
    }
    return remote
  }
