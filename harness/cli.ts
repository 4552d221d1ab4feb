#!/usr/bin/env node
import process from 'node:process'
import { EXIT, isProblem, problem } from './errors.ts'
import { findVerb, overview, VERSION } from './verbs/index.ts'
import { helpOf, type Io, parseWords } from './verbs/verb.ts'

/** argv → verb → exit code: the only place that ends the process. */
const main = async (words: readonly string[]): Promise<number> => {
  const [name, ...rest] = words
  if (name === '--version') {
    process.stdout.write(`${VERSION}\n`)
    return EXIT.pass
  }
  if (name === undefined) {
    process.stderr.write(overview())
    return EXIT.usage
  }
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(overview())
    return EXIT.pass
  }
  const verb = await findVerb(name)
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(helpOf(verb))
    return EXIT.pass
  }
  const io = processIo(words)
  try {
    return await verb.run(parseWords(verb, rest), io)
  } finally {
    io.status('')
  }
}

const processIo = (words: readonly string[]): Io => {
  const stop = new AbortController()
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(EXIT.unknown)
    process.stderr.write('\nending the run; press Ctrl-C again to leave at once\n')
    stop.abort(new Error('interrupted'))
  })
  process.on('SIGTERM', () => stop.abort(new Error('terminated')))
  const isTerminal = process.stderr.isTTY === true
  let open = 0
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => {
      process.stderr.write(`${open > 0 ? `\r${' '.repeat(open)}\r` : ''}${text}\n`)
      open = 0
    },
    status: (text) => {
      if (!isTerminal || (text === '' && open === 0)) return
      const line = text.slice(0, (process.stderr.columns ?? 100) - 1)
      process.stderr.write(`\r${line.padEnd(open)}${text === '' ? '\r' : ''}`)
      open = line.length
    },
    isTerminal,
    cwd: process.env.INIT_CWD ?? process.cwd(),
    words,
    interrupted: stop.signal,
  }
}

/** In a checkout that was never built, the first module in need of WebAssembly is not found. */
const withCure = (error: unknown): unknown => {
  const path = error instanceof Error && /[^'/\\]+\.wasm\.ts/.exec(error.message)?.[0]
  if (!path || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return error
  return problem('WASM_MISSING', { path }, error)
}

/** What a person sees of an error: its sentence and code; a stack only where the fault is ours. */
const tell = (error: unknown): number => {
  if (isProblem(error)) {
    process.stderr.write(`driftmark: ${error.message} [${error.code}]\n`)
    return error.exit
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(
    `driftmark: this is a bug of driftmark; please report it with the lines below. [BUG]\n${stack}\n`,
  )
  return EXIT.bug
}

// Who reads through `head` has read enough: the work and its exit code go on without them.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const code = await main(process.argv.slice(2)).catch((error) => tell(withCure(error)))
process.exitCode = code
process.stdout.write('', () => process.exit(code))
