// The stage of the outer probes: a throwaway database, the service in this process, and a proper request for every operation.
import { type Contract, loadContract, type Op } from '../../test/support/contract.ts';
import startDatabase from '../../test/support/global-setup.ts';
import { faultOf, inject, type Prepared, prepare, proper, type Wire } from '../../test/support/malformed/run.ts';
import { type Service, type ServiceOptions, startService } from '../../test/support/start.ts';

export async function withService<T>(work: (service: Service) => Promise<T>, options?: ServiceOptions): Promise<T> {
  const stop = await startDatabase();
  try {
    const service = await startService(options);
    try {
      return await work(service);
    } finally {
      await service.stop();
    }
  } finally {
    await stop();
  }
}

export type Answer = Awaited<ReturnType<typeof inject>>;

export type Stage = {
  service: Service;
  contract: Contract;
  prepared: readonly Prepared[];
  /** A proper request of the operation, with a key of its own. */
  wire(prepared: Prepared): Promise<Wire>;
  send(wire: Wire): Promise<Answer>;
  /** What is wrong with an answer whatever was asked: 5xx, headers, shape of the problem, words of the inside. */
  fault(answer: Answer): string | undefined;
};

/** `plain`: without a resource for every operation, which takes a quarter of a minute to make. */
export function withStage<T>(
  work: (stage: Stage) => Promise<T>,
  { plain = false, ...options }: ServiceOptions & { plain?: boolean } = {},
): Promise<T> {
  return withService(async (service) => {
    const contract = await loadContract();
    const prepared = plain ? [] : await prepare(service, contract);
    const { body } = await service.api.request('GET', '/v1/problems');
    const codes = new Set((body.items ?? []).map((item) => String(item.code)));
    let sent = 0;
    return work({
      service,
      contract,
      prepared,
      async wire(chosen) {
        const token = chosen.fixture.officer ? await service.api.token(chosen.fixture.officer) : '';
        return proper(chosen, token, `outside-${++sent}`);
      },
      send: (wire) => inject(service, wire),
      fault: (answer) => faultOf(contract, codes, answer),
    });
  }, options);
}

/** Findings are counted; the first of them are shown. */
export function findings() {
  const list: string[] = [];
  return {
    add: (text: string) => void list.push(text.slice(0, 400)),
    get count() {
      return list.length;
    },
    detail: () => list.slice(0, 10),
  };
}

export type { Op, Prepared, Service, Wire };
