import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves when the text has been written to stderr. */
  said(text: string): Promise<void>
  readonly finished: Promise<Finished>
}

/** The ```-blocks of README.md in one language. */
export const readmeBlocks = (language: string): readonly string[] =>
  [...readFileSync('README.md', 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(
    ([, found, text]) => (found === language ? [text!] : []),
  )

/** A folder with the README's own scenario and an adapter of one's own, thrown away after the test. */
export const workFolder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-cli-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'mine.yaml'), readmeBlocks('yaml')[0]!)
  cpSync('docs/example-adapter.ts', join(dir, 'mine.ts'))
  return dir
}

/** Starts the command line as a person does who stands in `cwd`. */
export const start = (
  cwd: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Running => {
  const child = spawn(process.execPath, [resolve('harness/cli.ts'), ...words], {
    cwd,
    env: { ...process.env, INIT_CWD: cwd, XDG_STATE_HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  const finished = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    out,
    err,
  }))
  const said = async (text: string): Promise<void> => {
    while (!err.includes(text)) {
      if (child.exitCode !== null) throw new Error(`it ended and never said "${text}":\n${err}`)
      await Promise.race([once(child.stderr, 'data'), finished])
    }
  }
  return { child, said, finished }
}

/** Runs the command line to its end. */
export const drive = (cwd: string, words: readonly string[]): Promise<Finished> =>
  start(cwd, words).finished

/** Resolves when a second of the run has passed: its gauges are written once a second. */
export const aSecondOf = async (run: string): Promise<void> => {
  let written = 0
  for await (const { filename } of watch(run)) {
    if (filename === 'samples.arrow') written += 1
    if (written === 2) return
  }
}
