// Vehicles that the server knows, with what their ECUs reported last.
/** Follows them. */
export function startVehicles() {
}
