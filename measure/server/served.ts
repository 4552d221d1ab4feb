import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adapter } from '../../adapters/hnsw/adapter.ts'
import type { HnswOptions } from '../../adapters/hnsw/options.ts'

export interface Served {
  readonly url: string
  readonly port: number
  readonly pid: number | undefined
  readonly end: () => Promise<void>
}

/** An in-memory server of the engine, in a process of its own, with an empty l2 collection `a`. `end` it. */
export const serveCollection = async (
  options: HnswOptions,
  dimensions: number,
): Promise<Served> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-server-'))
  const launched = await adapter.launch!(dir, options)
  const { url } = launched.options as { url: string }
  await fetch(`${url}/collections/a`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dimensions, metric: 'l2' }),
  })
  const end = async (): Promise<void> => {
    await launched.stop()
    await rm(dir, { recursive: true })
  }
  return { url, port: Number(new URL(url).port), pid: launched.pid, end }
}
