import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '../../errors.ts'
import type { Manifest, RunData } from '../../model/index.ts'
import { readAfter } from './after.ts'
import { readHistory } from './history.ts'
import { readSamples } from './samples.ts'
import { readTrace } from './trace.ts'

export const writeManifest = (dir: string, manifest: Manifest): void =>
  writeFileSync(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)

/** Reads manifest.json. Errors: RUN_FILE_MISSING; RUN_FILE_DAMAGED if it is no JSON, or no manifest. */
export const readManifest = (dir: string): Manifest => {
  const path = join(dir, 'manifest.json')
  if (!existsSync(path)) throw problem('RUN_FILE_MISSING', { path, why: 'there is no such file' })
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (cause) {
    throw problem('RUN_FILE_DAMAGED', { path, at: 0, why: String(cause) }, cause)
  }
  if (manifest.format !== 'driftmark-run/1') {
    const why = `its format is ${manifest.format}, not driftmark-run/1`
    throw problem('RUN_FILE_DAMAGED', { path, at: 0, why })
  }
  return manifest
}

/** Reads a run folder; `after` is null where the run ended before anything could be asked. Errors: those of its files. */
export const readRun = async (dir: string): Promise<Omit<RunData, 'dataset'>> => ({
  manifest: readManifest(dir),
  trace: readTrace(dir),
  history: readHistory(dir),
  after: existsSync(join(dir, 'after.arrow')) ? readAfter(dir) : null,
  samples: readSamples(dir),
})
