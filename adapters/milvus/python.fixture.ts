import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Launched } from '../../harness/model/index.ts'
import { launch } from './launch.ts'
import type { MilvusOptions } from './options.ts'

/** Launches a milvus-lite whose Python finds this module before its own; files in `dir`. */
export const launchWith = async (
  dir: string,
  module: string,
  source: string,
): Promise<Launched<MilvusOptions>> => {
  const path = join(dir, 'python')
  mkdirSync(path)
  writeFileSync(join(path, module), source)
  const before = process.env.PYTHONPATH
  process.env.PYTHONPATH = path
  try {
    return await launch(dir, undefined)
  } finally {
    if (before === undefined) delete process.env.PYTHONPATH
    else process.env.PYTHONPATH = before
  }
}
