"""The .c1z file: one SQLite database of syncs in one zstd frame."""

from ostiary.baton.c1z.encoding import GrantSheet as GrantSheet
from ostiary.baton.c1z.errors import C1zError as C1zError
from ostiary.baton.c1z.errors import CorruptC1zError as CorruptC1zError
from ostiary.baton.c1z.errors import DiskFullError as DiskFullError
from ostiary.baton.c1z.errors import InvalidRecordError as InvalidRecordError
from ostiary.baton.c1z.errors import NoSyncError as NoSyncError
from ostiary.baton.c1z.errors import NotC1zError as NotC1zError
from ostiary.baton.c1z.errors import StorageError as StorageError
from ostiary.baton.c1z.errors import TooLargeError as TooLargeError
from ostiary.baton.c1z.errors import UnsupportedEngineError as UnsupportedEngineError
from ostiary.baton.c1z.grants import ExpandableGrant as ExpandableGrant
from ostiary.baton.c1z.grants import GrantRow as GrantRow
from ostiary.baton.c1z.grants import WorkingGrants as WorkingGrants
from ostiary.baton.c1z.reader import C1zReader as C1zReader
from ostiary.baton.c1z.runs import SyncRun as SyncRun
from ostiary.baton.c1z.runs import SyncType as SyncType
from ostiary.baton.c1z.writer import C1zWriter as C1zWriter
from ostiary.baton.c1z.writer import SealedSync as SealedSync
