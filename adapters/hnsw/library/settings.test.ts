import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { withFolder } from '../store/store.fixture.ts'
import { HnswIndex, type OpenSettings } from './index.ts'

test('an open that is refused begins no folder, and leaves no trace in one that is there', () =>
  withFolder(async (dir) => {
    const mine = join(dir, 'mine')
    await writeFile(mine, 'a file of somebody else')
    for (const settings of [
      {},
      { metric: 'ip' },
      { dimensions: 0 },
      { dimensions: 2, m: 1 },
      { dimensions: 2, sync: 0 },
      { dimensions: 2, mostBytes: 2 ** 30 } as OpenSettings,
    ] as const) {
      for (const folder of [dir, join(dir, 'none', 'yet')]) {
        await assert.rejects(HnswIndex.open(folder, settings), /^(RangeError|Error): (hnsw|sync): /)
        assert.deepEqual(await readdir(dir), ['mine'])
      }
    }
    // As of a variable that is not set, it would be where the program runs.
    const unnamed = HnswIndex.open('', { dimensions: 2 })
    await assert.rejects(unnamed, { name: 'RangeError', message: 'hnsw: the folder has no name' })
    await (await HnswIndex.open(dir, { dimensions: 2 })).close()
  }))

test('a setting that there is not is refused by name, in a new folder and in an old one', () =>
  withFolder(async (dir) => {
    // @ts-expect-error: the types have none of these
    const asked: OpenSettings[] = [{ mostBytes: 2 ** 30 }, { segmentBytes: 2 ** 20 }, { foo: 1 }]
    const refuse = async () => {
      for (const settings of asked) {
        const [name] = Object.keys(settings)
        await assert.rejects(HnswIndex.open(dir, { dimensions: 2, ...settings }), {
          name: 'RangeError',
          message: new RegExp(`^hnsw: there is no setting ${name}, only dimensions, .*sync$`),
        })
      }
    }
    await refuse()
    await (await HnswIndex.open(dir, { dimensions: 2 })).close()
    await refuse()
  }))

test('alpha is that which it began with; none is none, and bad ones are refused by name', () =>
  withFolder(async (parent) => {
    for (const alpha of [0.9, Number.NaN, 'x']) {
      const opened = HnswIndex.open(parent, { dimensions: 2, alpha: alpha as number })
      await assert.rejects(opened, { name: 'RangeError', message: /^hnsw: alpha: / })
    }
    for (const [alpha, told] of [
      [1.5, '1.5'],
      [undefined, 'by default'],
    ] as const) {
      const dir = join(parent, told)
      await (await HnswIndex.open(dir, { dimensions: 2, alpha })).close()
      await (await HnswIndex.open(dir, { alpha })).close()
      await (await HnswIndex.open(dir)).close()
      await assert.rejects(
        HnswIndex.open(dir, { alpha: 1.2 }),
        new RegExp(`has alpha ${told}, not 1.2`),
      )
    }
  }))
