import type { Adapter } from '../../harness/model/index.ts'
import { adapter as pgvector } from './adapter.ts'
import { launchPostgres } from './launch-postgres.ts'
import type { PgvectorOptions } from './options.ts'

/** The same as pgvector, but for what a bare name launches: a real PostgreSQL. */
export const adapter: Adapter<PgvectorOptions> = {
  ...pgvector,
  name: 'postgres',
  launch: launchPostgres,
}

export default adapter
