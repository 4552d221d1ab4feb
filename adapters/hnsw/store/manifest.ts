import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MANIFEST, replaceFile } from './folder.ts'
import { type Frame, framesOf, jsonPayload, oneFrame, payloadJson } from './frame.ts'
import type { Settled } from './operation.ts'

/** Files that hold the image of an index as it was, and what an index must have in common with it to go on from there. */
export interface SavedImage {
  readonly signature: string
  readonly bytes: number
  /** Bytes of each segment's; a segment begins with a file. One, if not there. */
  readonly segments?: readonly number[] | undefined
  readonly files: readonly string[]
}

/** What a checkpoint left: which files hold the collections as they were after an operation. The log goes on behind that one. */
export interface Manifest {
  /** Of that operation; 0 if there was no checkpoint. */
  readonly number: number
  readonly collections: readonly {
    readonly name: string
    readonly number: number
    readonly options: Settled
    readonly snapshots: readonly string[]
    /** Of an index of just the rows in the snapshots. */
    readonly image?: SavedImage | undefined
  }[]
  readonly aliases: Readonly<Record<string, string>>
}

const NONE: Manifest = { number: 0, collections: [], aliases: {} }
const FORMAT = 'driftmark-hnsw-store/1'

/** The frame that every file begins with; where it says which file it is, it is no other. */
export const headFrame = (number: number, file?: string): Buffer =>
  oneFrame({ number, kind: 'head', synced: number, payload: jsonPayload({ format: FORMAT, file }) })

export const checkHead = ({ kind, payload }: Frame, path: string): void => {
  const head = kind === 'head' ? (payloadJson(payload) as Record<string, unknown>) : {}
  const { format, file = basename(path) } = head
  if (format !== FORMAT) {
    throw new Error(`${path} is of the format ${format}, and this server reads ${FORMAT}`)
  }
  if (file !== basename(path)) throw new Error(`${path} is damaged: it is what ${file} should be`)
}

export const readManifest = async (dir: string): Promise<Manifest> => {
  const path = join(dir, MANIFEST)
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!bytes) return NONE
  const [head, body, ...more] = framesOf(bytes, path, 0, false)
  if (!head || !body || more.length > 0) throw new Error(`${path} is damaged: it is not whole`)
  checkHead(head, path)
  return payloadJson(body.payload) as Manifest
}

export const writeManifest = (dir: string, manifest: Manifest): Promise<void> => {
  const end = { number: 1, kind: 'end' as const, synced: 1, payload: jsonPayload(manifest) }
  return replaceFile(dir, MANIFEST, async (file) => {
    await file.writeFile(Buffer.concat([headFrame(0, MANIFEST), oneFrame(end)]))
  })
}
