import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './folder.ts'
import { withFolder } from './store.fixture.ts'
import { openStore } from './store.ts'

test('a folder is made with those above it, and is there already the next time', () =>
  withFolder(async (dir) => {
    const deep = join(dir, 'a', 'b', 'c')
    await makeFolder(deep)
    await makeFolder(deep)
    assert.deepEqual(await readdir(deep), [])
  }))

test('a folder that cannot be made is refused with one sentence, wherever it is', (t) =>
  withFolder(async (dir) => {
    await writeFile(join(dir, 'file'), '')
    await symlink(join(dir, 'nowhere'), join(dir, 'dangling'))
    const wrong = (folder: string, code: string) =>
      assert.rejects(openStore(folder, { sync: 'always' }), {
        message: `the data folder ${folder} cannot be written (${code})`,
      })
    await wrong(join(dir, 'file'), 'ENOTDIR')
    await wrong(join(dir, 'file', 'below'), 'ENOTDIR')
    await wrong(join(dir, 'dangling'), 'ENOENT')
    if (!existsSync('/proc/self')) return t.diagnostic('there is no /proc here')
    await wrong('/proc/x', 'ENOENT')
    await wrong('/proc/x/y', 'ENOENT')
  }))
