import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Adapter } from '../../harness/model/index.ts'
import { inAnotherProcess } from '../../harness/verbs/second-process/index.ts'
import { CONTRACT, runContract } from '../contract.ts'

/** Turns the behaviour suite into subtests of `t`; what an adapter does not support is skipped with its reason. */
export const testContract = async (
  t: TestContext,
  adapter: Adapter,
  options: unknown,
  launch?: { readonly dir: string; readonly options: unknown },
): Promise<void> => {
  const clock = { now: () => performance.now() * 1000 }
  for (const rule of CONTRACT) {
    await t.test(rule.name, async (t) => {
      const elsewhere = inAnotherProcess(adapter.name, options)
      const more = { clock, cases: [rule], elsewhere, ...(launch ? { launch } : {}) }
      for await (const { outcome, detail } of runContract(adapter, options, more)) {
        if (outcome === 'unsupported') t.skip(detail)
        else assert.equal(outcome, 'passed', detail)
        if (detail) t.diagnostic(detail)
      }
    })
  }
}

/** The same on a server that is launched for it, with those options. */
export const testContractLaunched = async (
  t: TestContext,
  adapter: Adapter,
  options?: unknown,
): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-contract-'))
  try {
    const server = await adapter.launch!(dir, options)
    try {
      await testContract(t, adapter, server.options, { dir, options })
    } finally {
      await server.stop()
    }
  } finally {
    await rm(dir, { recursive: true })
  }
}
