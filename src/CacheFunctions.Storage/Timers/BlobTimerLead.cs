using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Timers;

namespace CacheFunctions.Storage.Timers;

/// <summary>A lease on a timer's blob, renewed until it is disposed.</summary>
internal sealed class BlobTimerLead : ITimerLead
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    // How long before storage gives the lease to another this process stops to count on it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private readonly BlobClient _blob;
    private readonly BlobLeaseClient _lease;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewing;

    /// <param name="acquired">Timestamp of before the lease was asked for.</param>
    public BlobTimerLead(BlobClient blob, BlobLeaseClient lease, long acquired, TimeProvider time)
    {
        (_blob, _lease, _time) = (blob, lease, time);
        Lost = _lost.Token;
        _renewing = RenewAsync(acquired);
    }

    public CancellationToken Lost { get; }

    public async Task<TimerSchedule?> ReadAsync(CancellationToken cancellationToken)
    {
        var blob = await _blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
        if (blob.Value.Content.ToMemory().IsEmpty) return null;
        try
        {
            return blob.Value.Content.ToObjectFromJson<TimerSchedule>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // Damaged: the timer begins anew.
            return null;
        }
    }

    public async Task WriteAsync(TimerSchedule schedule, CancellationToken cancellationToken) => await _blob.UploadAsync(
        BinaryData.FromObjectAsJson(schedule, JsonSerializerOptions.Web),
        new BlobUploadOptions { Conditions = new BlobRequestConditions { LeaseId = _lease.LeaseId } },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        try
        {
            using var patience = new CancellationTokenSource(RenewEvery, _time);
            await _lease.ReleaseAsync(cancellationToken: patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            // It runs out by itself.
        }

        _lost.Dispose();
        _released.Dispose();
    }

    private async Task RenewAsync(long renewed)
    {
        while (true)
        {
            try
            {
                var left = Left(renewed);
                if (left <= TimeSpan.Zero) break;
                await Task.Delay(left < RenewEvery ? left : RenewEvery, _time, _released.Token).ConfigureAwait(false);

                left = Left(renewed);
                if (left <= TimeSpan.Zero) break;
                var began = _time.GetTimestamp();
                using var patience = new CancellationTokenSource(left, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _released.Token);
                await _lease.RenewAsync(cancellationToken: either.Token).ConfigureAwait(false);
                renewed = began;
            }
            catch (OperationCanceledException) when (_released.IsCancellationRequested)
            {
                return;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                break;
            }
            catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
            {
                // Storage did not answer: while the lease runs, it is asked again.
            }
        }

        if (!_released.IsCancellationRequested) await _lost.CancelAsync().ConfigureAwait(false);
    }

    private TimeSpan Left(long renewed) => BlobTimerState.LeaseDuration - Margin - _time.GetElapsedTime(renewed);
}
