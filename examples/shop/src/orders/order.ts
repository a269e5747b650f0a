/** An order as the history shows it. */
export interface Order {
  readonly id: number;
  readonly status: string;
  readonly totalCents: number;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
  /** Null until the parcel is on its way. */
  readonly shipment: Shipment | null;
}

export interface OrderLine {
  readonly product: { readonly id: number; readonly name: string };
  readonly quantity: number;
  readonly unitPriceCents: number;
}

export interface Shipment {
  readonly carrier: string;
  readonly trackingCode: string;
  readonly shippedAt: Date;
}

/** A customer's orders, newest first. */
export interface OrderHistory {
  readonly orders: readonly Order[];
  /** Id after which the next page starts; null when there is none. */
  readonly next: number | null;
}
