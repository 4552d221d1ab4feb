import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A folder of this test file, the cache of unpacked datasets below it; gone when the file has run. */
export const scratch = mkdtempSync(join(tmpdir(), 'driftmark-packed-'))
process.env.XDG_CACHE_HOME = join(scratch, 'cache')
after(() => rmSync(scratch, { recursive: true, force: true }))
