// The form of one statement for several who are sought at once: a FINDER for each, then PARTS of the profile.
// Parameters: sought {finds [{slot, …what the finder takes}]}, and those of the parts. Columns: those of the parts, and slot.
UNWIND $sought.finds AS find
CALL (find) {
  FINDER
  RETURN c
}
PARTS,
  find.slot AS slot
