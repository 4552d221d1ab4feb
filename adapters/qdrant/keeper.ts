/**
 * Entry of a process between driftmark and a launched server: starts the program, tells its process id, and ends it when
 * the channel to the parent closes, which it does however the parent dies. Arguments: program, folder to run in, log.
 */
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'

const [program, home, log] = process.argv.slice(2) as [string, string, string]
const output = openSync(log, 'a')
const server = spawn(program, ['--disable-telemetry'], {
  cwd: home,
  stdio: ['ignore', output, output],
})
const end = () => server.kill('SIGKILL')

process.once('disconnect', end)
process.once('SIGTERM', end)
// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
process.on('SIGINT', () => {})
server.once('error', () => process.exit(1))
server.once('exit', () => process.exit(0))
if (server.pid !== undefined) process.send!({ pid: server.pid })
