import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { layoutOf } from '../../datasets/files/layout.ts'
import { vectorsOf } from '../../datasets/files/vectors.ts'
import { stream } from '../../harness/model/index.ts'

const DIMENSIONS = 768
const ROWS = 13_000_000
const WRITTEN = 2_000

/** Reads drawn rows of a sparse file of 40 GB, each of which holds its own number, and tells how many were right. */
export const fileMemory = (dir: string): string => {
  const path = join(dir, 'large.fbin')
  const rng = stream(1, 'rows')
  const rows = Array.from({ length: WRITTEN }, () => rng.below(ROWS))
  const file = openSync(path, 'w')
  const stride = 4 * DIMENSIONS
  writeSync(file, Uint32Array.of(ROWS, DIMENSIONS))
  for (const row of rows) {
    writeSync(file, new Float32Array(DIMENSIONS).fill(row), 0, stride, 8 + row * stride)
  }
  ftruncateSync(file, 8 + ROWS * stride)
  closeSync(file)
  const vectors = vectorsOf(layoutOf(path))
  const started = performance.now()
  const right = rows.filter((row) => vectors.at(row).every((value) => value === Math.fround(row)))
  const each = ((1000 * (performance.now() - started)) / WRITTEN).toFixed(0)
  return `${right.length} of ${WRITTEN} drawn rows right, of a file of ${((ROWS * stride) / 1e9).toFixed(1)} GB; ${each} µs a row`
}
