/** What `npm pack` needs: type stripping does not work inside node_modules, so the sources are compiled to dist/. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { buildWasm } from './wasm.ts'

await buildWasm()
rmSync('dist', { recursive: true, force: true })
const compiled = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (compiled.status !== 0) process.exit(compiled.status ?? 1)
cpSync('datasets/data', 'dist/datasets/data', { recursive: true })
for (const bin of ['harness/cli.js', 'adapters/hnsw/server.js']) chmodSync(`dist/${bin}`, 0o755)
