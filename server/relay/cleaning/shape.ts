/**
 * What may stay of an answer that a credential read: a shape names the fields of one kind of object. Lists are seen
 * through: a shape says what stands in them as well.
 */
export type Shape = "leaf" | "anything" | Fields | Data;

/** An object of known fields; any other is cut. */
export interface Fields {
  readonly kind: "fields";
  readonly members: ReadonlyMap<string, Shape>;
}

/** An object whose keys are data (languages, files): each holds the same. */
export interface Data {
  readonly kind: "data";
  readonly of: Shape;
}

/**
 * @param names of plain members, apart by white space: text, numbers, true, false, null, and lists of these. An object
 * in such a place is cut.
 */
export function fields(names: string, nested: Readonly<Record<string, Shape>> = {}): Fields {
  const members = new Map<string, Shape>();
  for (const name of names.split(/\s+/)) if (name !== "") members.set(name, "leaf");
  for (const [name, shape] of Object.entries(nested)) members.set(name, shape);
  return { kind: "fields", members };
}

/** The same object with more fields. */
export function extend(base: Fields, names: string, nested: Readonly<Record<string, Shape>> = {}): Fields {
  return { kind: "fields", members: new Map([...base.members, ...fields(names, nested).members]) };
}

export function data(of: Shape): Data {
  return { kind: "data", of };
}

/** What a shape says of one member; undefined: it is cut. */
export function memberOf(shape: Shape, key: string): Shape | undefined {
  if (shape === "anything") return "anything";
  if (shape === "leaf") return undefined;
  return shape.kind === "fields" ? shape.members.get(key) : shape.of;
}
