"""Link elements ready to be written: a page holds five hundred of them."""

from ostiary.tenant.directory import Directory


class LinkFragments(dict[str, bytes]):
    """JSON of a link by the linked object's id, rendered when first asked for."""

    def __init__(self, directory: Directory, *, removed: bool = False) -> None:
        super().__init__()
        self._directory = directory
        self._tail = b',"@removed":{"reason":"deleted"}}' if removed else b"}"

    def __missing__(self, object_id: str) -> bytes:
        held = self._directory.find(object_id) or self._directory.deleted.get(object_id)
        kind = held.kind.value if held else "directoryObject"
        head = f'{{"@odata.type":"#microsoft.graph.{kind}","id":"{object_id}"'
        fragment = head.encode() + self._tail
        if held is not None:
            self[object_id] = fragment
        return fragment
