import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { problem } from '../../harness/errors.ts'

export interface Package {
  /** name@version */
  readonly key: string
  readonly folder: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: unknown
  readonly cpu?: unknown
}

interface Locked {
  readonly version?: string
  readonly os?: unknown
  readonly cpu?: unknown
  readonly optional?: boolean
}

/**
 * The packages whose READMEs are read, in the order of their names: those that package-lock.json locks for every platform,
 * or, where driftmark is itself a dependency and has no lock file beside it, those it depends on. Throws DATASET_PACKAGES.
 */
export const packagesOf = (root: string): Package[] => {
  const lock = join(root, 'package-lock.json')
  const packages = existsSync(lock) ? locked(root, lock) : resolved(root)
  return packages.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

const locked = (root: string, lock: string): Package[] => {
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as {
    packages: Readonly<Record<string, Locked>>
  }
  return Object.entries(packages)
    .filter(([path, { os, cpu, optional }]) => path !== '' && !(os || cpu || optional))
    .map(([path, { version }]) => {
      const key = `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`
      const folder = join(root, path)
      if (!existsSync(folder)) throw problem('DATASET_PACKAGES', { package: key, path: folder })
      return { key, folder }
    })
}

const resolved = (root: string): Package[] => {
  const found = new Map<string, Package>()
  const visit = (folder: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder)
    for (const name of Object.keys(dependencies)) {
      if (Object.hasOwn(optionalDependencies, name)) continue
      const at = resolve(name, folder)
      const { version, os, cpu } = manifestOf(at)
      if (found.has(at) || os || cpu) continue
      found.set(at, { key: `${name}@${version}`, folder: at })
      visit(at)
    }
  }
  visit(root)
  return [...found.values()]
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** The folder of a dependency, as Node finds it: in the nearest node_modules above. */
const resolve = (name: string, from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (folder === dirname(folder)) throw problem('DATASET_PACKAGES', { package: name, path: from })
  }
}
