/**
 * Compiles each `assembly/index.ts` (AssemblyScript, with SIMD) into a module beside its folder: x/assembly/ becomes
 * x/x.wasm.ts, which holds the WebAssembly as text, so that parts without file access can import it. A module that already
 * tells the fingerprint of its sources, of the compiler and of these options is left as it is: that costs milliseconds.
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const OPTIONS = [
  '-O3',
  '--noAssert',
  '--enable',
  'simd',
  '--enable',
  'relaxed-simd',
  '--runtime',
  'stub',
]
/** Modules whose memory threads share: it is made by whoever instantiates them. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  'adapters/hnsw/engine/assembly': [
    '--enable',
    'threads',
    '--importMemory',
    '--sharedMemory',
    '--maximumMemory',
    '65536',
  ],
}
/** What knows relaxed SIMD, and the checksum of node:zlib: package.json names the same under `engines`. */
const TOO_OLD = 'driftmark needs Node 22.2 or later, this one cannot compile its WebAssembly'
const SOURCES = '{harness,adapters}/**/assembly'
const ROOT = import.meta.dirname

/** Brings every module up to date; throws what the compiler said, a warning too, where a source is wrong. */
export const buildWasm = async (): Promise<void> => {
  for (const folder of globSync(SOURCES, { cwd: ROOT }).sort()) {
    const parent = dirname(folder)
    const target = join(parent, `${basename(parent)}.wasm.ts`)
    const head = `// Made of ${basename(parent)}/assembly by \`npm run wasm\`; ${fingerprintOf(folder)}`
    if (read(join(ROOT, target))?.startsWith(`${head}\n`)) continue
    replace(join(ROOT, target), moduleOf(head, await compile(folder)))
    process.stderr.write(`wasm: ${target} is made anew\n`)
  }
}

const fingerprintOf = (folder: string): string => {
  const hash = createHash('sha256').update(OPTIONS.join(' '))
  hash.update(readFileSync(join(ROOT, 'wasm.ts')))
  hash.update(readFileSync(join(ROOT, 'node_modules/assemblyscript/package.json')))
  for (const file of globSync('**/*.ts', { cwd: join(ROOT, folder) }).sort()) {
    hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, folder, file)))
  }
  return `sha256:${hash.digest('hex')}`
}

const compile = async (folder: string): Promise<Uint8Array> => {
  const { default: asc } = await import('assemblyscript/asc')
  let binary: Uint8Array | undefined
  const words = [
    'index.ts',
    '--baseDir',
    join(ROOT, folder),
    '--outFile',
    'out.wasm',
    ...OPTIONS,
    ...(SHARED[folder] ?? []),
  ]
  const { error, stderr } = await asc.main(words, {
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') binary = contents
    },
  })
  const said = stderr.toString()
  if (error || said !== '' || !binary) throw new Error(`${folder} does not compile:\n${said}`)
  return binary
}

/** The compiled code is shared; each call of `instantiate` has a memory of its own, or the one that it imports. */
const moduleOf = (head: string, binary: Uint8Array): string => `${head}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}
const text =
  '${Buffer.from(binary).toString('base64')}'
let compiled: object | undefined
const compile = (): object => {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)))
  } catch (cause) {
    if ((cause as Error).name !== 'CompileError') throw cause
    throw new Error('${TOO_OLD}', { cause })
  }
}
/** Throws where this Node is too old for the code. */
export const check = (): void => {
  compiled ??= compile()
}
export const instantiate = (imports: object = {}): unknown => {
  compiled ??= compile()
  return new WebAssembly.Instance(compiled, imports).exports
}
`

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** At once, so that whoever reads the module meanwhile finds it whole. */
const replace = (path: string, text: string): void => {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, path)
}

if (import.meta.main) await buildWasm()
