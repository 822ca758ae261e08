"""What a request reads once, and that nothing of it outlives the request."""

from __future__ import annotations

from django.http import HttpResponse

from jiaozuo_portal.lib.remembered import RequestMemory, once_a_request


def counted():
    reads: list[int] = []

    @once_a_request
    def read() -> int:
        reads.append(1)
        return len(reads)

    return read, reads


def test_a_request_reads_once(rf):
    read, reads = counted()

    def view(_request):
        return HttpResponse(f"{read()} {read()}")

    answer = RequestMemory(view)(rf.get("/"))

    assert (answer.content, len(reads)) == (b"1 1", 1)


def test_the_next_request_reads_anew(rf):
    read, reads = counted()
    portal = RequestMemory(lambda _request: HttpResponse(str(read())))

    assert [portal(rf.get("/")).content for _n in range(2)] == [b"1", b"2"]


def test_nothing_is_kept_after_an_error(rf):
    read, reads = counted()

    def broken(_request):
        read()
        raise ValueError

    try:
        RequestMemory(broken)(rf.get("/"))
    except ValueError:
        read()

    assert len(reads) == 2


def test_outside_of_a_request_every_read_happens():
    read, reads = counted()

    assert [read(), read()] == [1, 2]


def test_an_answer_of_none_is_kept_too(rf):
    reads = []

    @once_a_request
    def nothing() -> None:
        reads.append(1)

    RequestMemory(lambda _request: HttpResponse(str([nothing(), nothing()])))(rf.get("/"))

    assert len(reads) == 1
