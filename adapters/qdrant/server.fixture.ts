import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adapter } from './adapter.ts'
import { findServer } from './launch.ts'
import type { QdrantOptions } from './options.ts'

/** Why there is no server to test against, or null. */
export const missing: string | null =
  process.env.DRIFTMARK_QDRANT_URL || findServer() !== null
    ? null
    : 'no Qdrant server: DRIFTMARK_QDRANT_URL names none, DRIFTMARK_QDRANT and PATH hold no program qdrant'

export interface Server {
  readonly rest: QdrantOptions
  readonly grpc: QdrantOptions
  close(): Promise<void>
}

/** The server of DRIFTMARK_QDRANT_URL (gRPC at port 6334 of its host), else one that is launched for the tests of a file. */
export const openServer = async (): Promise<Server> => {
  const url = process.env.DRIFTMARK_QDRANT_URL
  const reached = (grpc: QdrantOptions) => ({ grpc, rest: adapter.parse(grpc.url) })
  if (url) return { ...reached(adapter.parse({ url, transport: 'grpc' })), close: async () => {} }
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-qdrant-'))
  const { options, stop } = await adapter.launch!(dir, { transport: 'grpc' })
  return {
    ...reached(options),
    close: async () => {
      await stop()
      await rm(dir, { recursive: true })
    },
  }
}
