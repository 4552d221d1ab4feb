import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { packagesOf } from './packages.ts'

/** A folder with these JSON files in it, gone when the test ends. */
const folderOf = (files: Record<string, unknown>) => {
  const root = mkdtempSync(join(tmpdir(), 'driftmark-packages-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(content))
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) }
}
const manifest = (version: string, dependencies = {}, more = {}) => ({
  version,
  dependencies,
  ...more,
})

test('the lock file names the packages; those of one platform and optional ones are left out', () => {
  using folder = folderOf({
    'package-lock.json': {
      packages: {
        '': {},
        'node_modules/zeta': { version: '1.0.0' },
        'node_modules/zeta/node_modules/alpha': { version: '2.0.0' },
        'node_modules/native': { version: '1.0.0', os: ['linux'] },
        'node_modules/maybe': { version: '1.0.0', optional: true },
      },
    },
    'node_modules/zeta/node_modules/alpha/package.json': {},
  })
  const keys = packagesOf(folder.root).map(({ key }) => key)
  assert.deepEqual(keys, ['alpha@2.0.0', 'zeta@1.0.0'])
})

test('a locked package that is not there is named', () => {
  using folder = folderOf({
    'package-lock.json': { packages: { 'node_modules/gone': { version: '1.2.3' } } },
  })
  assert.throws(
    () => packagesOf(folder.root),
    /package gone@1\.2\.3, which is not installed .*npm ci/,
  )
})

test('installed as a dependency, its own dependencies are found where Node finds them', () => {
  using folder = folderOf({
    'node_modules/driftmark/package.json': manifest('1.0.0', { a: '1', b: '1' }),
    'node_modules/driftmark/node_modules/b/package.json': manifest('1.1.0', { a: '1', c: '1' }),
    'node_modules/a/package.json': manifest('1.0.0', { b: '2' }),
    'node_modules/b/package.json': manifest('2.0.0'),
    'node_modules/c/package.json': manifest('1.0.0', {}, { cpu: ['x64'] }),
    'node_modules/unrelated/package.json': manifest('1.0.0'),
  })
  const keys = packagesOf(join(folder.root, 'node_modules/driftmark')).map(({ key }) => key)
  assert.deepEqual(keys, ['a@1.0.0', 'b@1.1.0', 'b@2.0.0'])
})
