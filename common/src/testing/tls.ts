import type { TlsMaterial, TlsSource } from "../tls/index.ts";

/** TLS material that changes when told. */
export class FakeTls implements TlsSource {
  #material: TlsMaterial;
  readonly #listeners: ((material: TlsMaterial) => void)[] = [];

  constructor(material: TlsMaterial) {
    this.#material = material;
  }

  current(): TlsMaterial {
    return this.#material;
  }

  onChange(listener: (material: TlsMaterial) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#listeners.length = 0;
  }

  rotate(material: TlsMaterial): void {
    this.#material = material;
    for (const listener of this.#listeners) listener(material);
  }
}
