/** A FHIRPath of a resource of this type, put below `at`. */
export function moved(path: string, type: string, at: string): string {
  return path === type || path.startsWith(`${type}.`) ? at + path.slice(type.length) : path;
}
